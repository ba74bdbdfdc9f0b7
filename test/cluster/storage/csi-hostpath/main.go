// Command csi-hostpath is the storage of the local test cluster: a CSI driver for one node whose volumes are btrfs
// subvolumes (or plain folders) of a pool on the host. It announces itself to kubelet, so it needs no registrar, and
// nothing is ever attached, so it needs no attacher.
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	log.SetFlags(log.LstdFlags | log.Lmicroseconds)
	name := flag.String("driver-name", "hostpath.csi.dokkerr.io", "name that StorageClasses call as their provisioner")
	node := flag.String("node", "", "name of the node this driver serves")
	poolDir := flag.String("pool", "", "folder that holds volumes and snapshots; btrfs if it is to enforce sizes")
	endpoint := flag.String("endpoint", "", "path of the socket to serve CSI on")
	registration := flag.String("registration", "", "path of the socket kubelet finds the driver by, in plugins_registry")
	flag.Parse()
	for flagName, value := range map[string]string{
		"node": *node, "pool": *poolDir, "endpoint": *endpoint, "registration": *registration,
	} {
		if value == "" {
			log.Fatalf("--%s is required", flagName)
		}
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	store, err := openStore(*poolDir)
	if err != nil {
		log.Fatalf("pool %s: %v", *poolDir, err)
	}
	d := &driver{name: *name, node: *node, store: store}
	if err := d.serve(ctx, *endpoint, *registration); err != nil {
		log.Fatal(err)
	}
}

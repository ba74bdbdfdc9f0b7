package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"os"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	registerapi "k8s.io/kubelet/pkg/apis/pluginregistration/v1"
)

// driver answers every call of the three CSI services from one store.
type driver struct {
	csi.UnimplementedIdentityServer
	csi.UnimplementedControllerServer
	csi.UnimplementedNodeServer

	name  string
	node  string
	store *store
}

// serve answers on both sockets until ctx ends. The registration socket opens last: kubelet calls back as soon as it
// appears.
func (d *driver) serve(ctx context.Context, endpoint, registration string) error {
	plugin := grpc.NewServer(grpc.UnaryInterceptor(logFailures))
	csi.RegisterIdentityServer(plugin, d)
	csi.RegisterControllerServer(plugin, d)
	csi.RegisterNodeServer(plugin, d)

	registrar := grpc.NewServer(grpc.UnaryInterceptor(logFailures))
	registerapi.RegisterRegistrationServer(registrar, &registrationServer{name: d.name, endpoint: endpoint})

	failed := make(chan error, 2)
	for _, s := range []struct {
		socket string
		server *grpc.Server
	}{{endpoint, plugin}, {registration, registrar}} {
		listener, err := listen(s.socket)
		if err != nil {
			return err
		}
		go func() { failed <- s.server.Serve(listener) }()
	}
	log.Printf("%s serves %s on node %s", d.name, d.store.pool, d.node)

	defer plugin.GracefulStop()
	defer registrar.GracefulStop()
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}

// listen opens a unix socket, in place of one that an earlier run may have left.
func listen(socket string) (net.Listener, error) {
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return nil, fmt.Errorf("socket %s: %w", socket, err)
	}
	return listener, nil
}

// logFailures logs each call that fails. Errors without a gRPC code are given Internal.
func logFailures(
	ctx context.Context, request any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler,
) (any, error) {
	response, err := handle(ctx, request)
	if err == nil {
		return response, nil
	}
	if _, ok := status.FromError(err); !ok {
		err = status.Error(codes.Internal, err.Error())
	}
	log.Printf("%s: %v", info.FullMethod, err)
	return nil, err
}

// registrationServer is what kubelet's plugin watcher asks when it sees the registration socket.
type registrationServer struct {
	registerapi.UnimplementedRegistrationServer

	name     string
	endpoint string
}

func (r *registrationServer) GetInfo(context.Context, *registerapi.InfoRequest) (*registerapi.PluginInfo, error) {
	return &registerapi.PluginInfo{
		Type:              registerapi.CSIPlugin,
		Name:              r.name,
		Endpoint:          r.endpoint,
		SupportedVersions: []string{"1.0.0"},
	}, nil
}

func (r *registrationServer) NotifyRegistrationStatus(
	_ context.Context, outcome *registerapi.RegistrationStatus,
) (*registerapi.RegistrationStatusResponse, error) {
	if outcome.PluginRegistered {
		log.Print("registered with kubelet")
	} else {
		log.Printf("kubelet refused the registration: %s", outcome.Error)
	}
	return &registerapi.RegistrationStatusResponse{}, nil
}

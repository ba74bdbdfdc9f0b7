package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	"golang.org/x/sys/unix"
)

// usage is how much of a volume's size is taken.
type usage struct {
	used, total int64
}

// pool makes and removes the folders that are volumes and snapshots. Paths lie inside the pool.
type pool interface {
	fmt.Stringer
	// create makes an empty folder of a limited size, bytes.
	create(ctx context.Context, path string, size int64) error
	// copy makes path a copy of source as it is at one moment. A read-only copy is a snapshot and has no limit (0).
	copy(ctx context.Context, source, path string, readOnly bool, size int64) error
	// resize changes the limit of a folder that may be in use.
	resize(ctx context.Context, path string, size int64) error
	// remove deletes a folder; one that is not there counts as deleted.
	remove(ctx context.Context, path string) error
	// measure says how much of a folder's size is taken.
	measure(ctx context.Context, path string, size int64) (usage, error)
}

// openPool chooses by the file system the folder is on.
func openPool(dir string) (pool, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return nil, err
	}
	if fs.Type == unix.BTRFS_SUPER_MAGIC {
		return btrfsPool{dir: dir}, nil
	}
	return folderPool{dir: dir}, nil
}

// run runs a program of the host and returns its output; its error says what the program said.
func run(ctx context.Context, program string, args ...string) (string, error) {
	output, err := exec.CommandContext(ctx, program, args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", program, strings.Join(args, " "), err, strings.TrimSpace(string(output)))
	}
	return string(output), nil
}

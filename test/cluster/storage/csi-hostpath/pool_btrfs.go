package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// btrfsPool makes each volume a subvolume: snapshots and copies share data and take no time, and a qgroup limit makes a
// full volume fail its writer with EDQUOT. Quotas must be on in the file system.
type btrfsPool struct {
	dir string
}

func (p btrfsPool) String() string { return "btrfs pool " + p.dir }

func (p btrfsPool) create(ctx context.Context, path string, size int64) error {
	if _, err := run(ctx, "btrfs", "subvolume", "create", path); err != nil {
		return err
	}
	return p.resize(ctx, path, size)
}

func (p btrfsPool) copy(ctx context.Context, source, path string, readOnly bool, size int64) error {
	args := []string{"subvolume", "snapshot"}
	if readOnly {
		args = append(args, "-r")
	}
	if _, err := run(ctx, "btrfs", append(args, source, path)...); err != nil {
		return err
	}
	if readOnly {
		return nil
	}
	return p.resize(ctx, path, size)
}

func (p btrfsPool) resize(ctx context.Context, path string, size int64) error {
	_, err := run(ctx, "btrfs", "qgroup", "limit", strconv.FormatInt(size, 10), path)
	return err
}

func (p btrfsPool) remove(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	_, err := run(ctx, "btrfs", "subvolume", "delete", path)
	return err
}

// measure reads the subvolume's own qgroup, which is the only line with -f: its number, bytes referenced, exclusive and
// the limit. Data not yet committed to disk is not counted: --sync would stall every writer of the pool.
func (p btrfsPool) measure(ctx context.Context, path string, size int64) (usage, error) {
	output, err := run(ctx, "btrfs", "qgroup", "show", "--raw", "-f", path)
	if err != nil {
		return usage{}, err
	}
	for line := range strings.Lines(output) {
		fields := strings.Fields(line)
		if len(fields) < 3 || !strings.HasPrefix(fields[0], "0/") {
			continue
		}
		used, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			return usage{}, err
		}
		return usage{used: used, total: size}, nil
	}
	return usage{}, fmt.Errorf("no qgroup of %s in: %s", path, output)
}

package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// folderPool makes each volume a plain folder, for hosts without btrfs. Copies share data where the file system can
// (XFS), sizes are recorded but not enforced, and a snapshot is of one moment only if nobody writes meanwhile.
type folderPool struct {
	dir string
}

func (p folderPool) String() string { return "folder pool " + p.dir }

func (p folderPool) create(_ context.Context, path string, _ int64) error {
	return os.Mkdir(path, 0o755)
}

func (p folderPool) copy(ctx context.Context, source, path string, _ bool, _ int64) error {
	_, err := run(ctx, "cp", "--archive", "--reflink=auto", "--no-target-directory", source, path)
	return err
}

func (p folderPool) resize(context.Context, string, int64) error { return nil }

func (p folderPool) remove(_ context.Context, path string) error { return os.RemoveAll(path) }

func (p folderPool) measure(_ context.Context, path string, size int64) (usage, error) {
	var used int64
	err := filepath.WalkDir(path, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return ignoreMissing(err)
		}
		info, err := entry.Info()
		if err != nil {
			return ignoreMissing(err)
		}
		if stat, ok := info.Sys().(*syscall.Stat_t); ok {
			used += stat.Blocks * 512
		}
		return nil
	})
	return usage{used: used, total: size}, err
}

// ignoreMissing forgives a file that its owner deleted while we looked.
func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

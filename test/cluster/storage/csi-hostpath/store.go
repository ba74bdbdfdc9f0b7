package main

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// store keeps volumes and snapshots. Every call may be repeated after a crash at any point: data is made before its
// record and removed before it, so data without a record is a leftover and is made anew.
type store struct {
	pool      pool
	dir       string
	volumes   shelf[volume]
	snapshots shelf[snapshot]
	// mutex lets one call change the pool at a time. With btrfs each takes milliseconds.
	mutex sync.Mutex
}

func openStore(dir string) (*store, error) {
	opened, err := openPool(dir)
	if err != nil {
		return nil, err
	}
	s := &store{
		pool:      opened,
		dir:       dir,
		volumes:   shelf[volume]{dir: filepath.Join(dir, "volumes")},
		snapshots: shelf[snapshot]{dir: filepath.Join(dir, "snapshots")},
	}
	for _, folder := range []string{s.volumes.dir, s.snapshots.dir} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// createVolume makes a volume, from its snapshot or volume if it names one, or returns the one of the same id if that is
// no smaller and came from the same source.
func (s *store) createVolume(ctx context.Context, wanted volume, limit int64) (*volume, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	existing, err := s.volumes.get(wanted.ID)
	if err != nil {
		return nil, err
	}
	if existing != nil {
		same := existing.Size >= wanted.Size && (limit == 0 || existing.Size <= limit) && existing.Tier == wanted.Tier &&
			existing.FromSnapshot == wanted.FromSnapshot && existing.FromVolume == wanted.FromVolume
		if !same {
			return nil, status.Errorf(codes.AlreadyExists, "volume %s exists and is another: %+v", wanted.ID, *existing)
		}
		return existing, nil
	}
	source, sourceSize, err := s.source(wanted)
	if err != nil {
		return nil, err
	}
	if wanted.Size < sourceSize {
		return nil, status.Errorf(codes.OutOfRange, "%d bytes are too few for a source of %d bytes", wanted.Size, sourceSize)
	}
	if err := s.reserve(wanted.Size); err != nil {
		return nil, err
	}
	path := s.volumes.data(wanted.ID)
	if err := s.pool.remove(ctx, path); err != nil {
		return nil, err
	}
	if source == "" {
		err = s.pool.create(ctx, path, wanted.Size)
	} else {
		err = s.pool.copy(ctx, source, path, false, wanted.Size)
	}
	if err != nil {
		return nil, err
	}
	return &wanted, s.volumes.put(wanted.ID, wanted)
}

// source finds what a volume is to be copied from: its path and size, or an empty path.
func (s *store) source(wanted volume) (string, int64, error) {
	switch {
	case wanted.FromSnapshot != "":
		from, err := s.snapshots.get(wanted.FromSnapshot)
		if err != nil {
			return "", 0, err
		}
		if from == nil {
			return "", 0, status.Errorf(codes.NotFound, "no snapshot %s", wanted.FromSnapshot)
		}
		return s.snapshots.data(from.ID), from.Size, nil
	case wanted.FromVolume != "":
		from, err := s.volumes.get(wanted.FromVolume)
		if err != nil {
			return "", 0, err
		}
		if from == nil {
			return "", 0, status.Errorf(codes.NotFound, "no volume %s", wanted.FromVolume)
		}
		return s.volumes.data(from.ID), from.Size, nil
	}
	return "", 0, nil
}

func (s *store) deleteVolume(ctx context.Context, id string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if existing, err := s.volumes.get(id); err != nil || existing == nil {
		return err
	}
	if err := s.pool.remove(ctx, s.volumes.data(id)); err != nil {
		return err
	}
	return s.volumes.forget(id)
}

// growVolume resolves to the volume's size afterwards, which never becomes smaller.
func (s *store) growVolume(ctx context.Context, id string, size int64) (int64, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	existing, err := s.volumes.get(id)
	if err != nil {
		return 0, err
	}
	if existing == nil {
		return 0, status.Errorf(codes.NotFound, "no volume %s", id)
	}
	if size <= existing.Size {
		return existing.Size, nil
	}
	if err := s.reserve(size - existing.Size); err != nil {
		return 0, err
	}
	if err := s.pool.resize(ctx, s.volumes.data(id), size); err != nil {
		return 0, err
	}
	existing.Size = size
	return size, s.volumes.put(id, *existing)
}

// createSnapshot makes a snapshot, or returns the one of the same id if it is of the same volume.
func (s *store) createSnapshot(ctx context.Context, id, volumeID string) (*snapshot, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	existing, err := s.snapshots.get(id)
	if err != nil {
		return nil, err
	}
	if existing != nil {
		if existing.Volume != volumeID {
			return nil, status.Errorf(codes.AlreadyExists, "snapshot %s exists and is of volume %s", id, existing.Volume)
		}
		return existing, nil
	}
	of, err := s.volumes.get(volumeID)
	if err != nil {
		return nil, err
	}
	if of == nil {
		return nil, status.Errorf(codes.NotFound, "no volume %s", volumeID)
	}
	path := s.snapshots.data(id)
	if err := s.pool.remove(ctx, path); err != nil {
		return nil, err
	}
	made := snapshot{ID: id, Volume: volumeID, Size: of.Size, Created: time.Now()}
	if err := s.pool.copy(ctx, s.volumes.data(volumeID), path, true, 0); err != nil {
		return nil, err
	}
	return &made, s.snapshots.put(id, made)
}

func (s *store) deleteSnapshot(ctx context.Context, id string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if existing, err := s.snapshots.get(id); err != nil || existing == nil {
		return err
	}
	if err := s.pool.remove(ctx, s.snapshots.data(id)); err != nil {
		return err
	}
	return s.snapshots.forget(id)
}

// available is the pool's size less the sizes promised to volumes, whether they are full or not.
func (s *store) available() (int64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(s.dir, &fs); err != nil {
		return 0, err
	}
	volumes, err := s.volumes.all()
	if err != nil {
		return 0, err
	}
	free := int64(fs.Blocks) * fs.Bsize
	for _, each := range volumes {
		free -= each.Size
	}
	return max(free, 0), nil
}

// reserve refuses a size that the pool does not have left.
func (s *store) reserve(size int64) error {
	free, err := s.available()
	if err != nil {
		return err
	}
	if size > free {
		return status.Errorf(codes.ResourceExhausted, "%d bytes are wanted, %d are left in the pool", size, free)
	}
	return nil
}

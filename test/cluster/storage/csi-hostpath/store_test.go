package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// These run on the file system of the test's folder: plain folders nearly everywhere, subvolumes on btrfs with quotas.

func newStore(t *testing.T) *store {
	t.Helper()
	s, err := openStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustCreate(t *testing.T, s *store, wanted volume) {
	t.Helper()
	if _, err := s.createVolume(context.Background(), wanted, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.deleteVolume(context.Background(), wanted.ID); err != nil {
			t.Error(err)
		}
	})
}

func write(t *testing.T, s *store, id, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.volumes.data(id), "file"), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func expectContent(t *testing.T, s *store, id, want string) {
	t.Helper()
	got, err := os.ReadFile(filepath.Join(s.volumes.data(id), "file"))
	if err != nil || string(got) != want {
		t.Fatalf("%s holds %q (%v), not %q", id, got, err, want)
	}
}

func expectCode(t *testing.T, err error, want codes.Code) {
	t.Helper()
	if status.Code(err) != want {
		t.Fatalf("%v, not %v", err, want)
	}
}

func TestSnapshotKeepsWhatTheVolumeWas(t *testing.T) {
	s, ctx := newStore(t), context.Background()
	mustCreate(t, s, volume{ID: "a", Size: 1 << 20})
	write(t, s, "a", "before")
	if _, err := s.createSnapshot(ctx, "s", "a"); err != nil {
		t.Fatal(err)
	}
	write(t, s, "a", "after")
	mustCreate(t, s, volume{ID: "restored", Size: 1 << 20, FromSnapshot: "s"})
	mustCreate(t, s, volume{ID: "clone", Size: 1 << 20, FromVolume: "a"})
	expectContent(t, s, "restored", "before")
	expectContent(t, s, "clone", "after")
	if err := s.deleteSnapshot(ctx, "s"); err != nil {
		t.Fatal(err)
	}
	expectContent(t, s, "restored", "before")
}

func TestRepeatedCallsChangeNothing(t *testing.T) {
	s, ctx := newStore(t), context.Background()
	mustCreate(t, s, volume{ID: "a", Size: 1 << 20})
	write(t, s, "a", "kept")
	mustCreate(t, s, volume{ID: "a", Size: 1 << 20})
	expectContent(t, s, "a", "kept")
	_, err := s.createVolume(ctx, volume{ID: "a", Size: 2 << 20}, 0)
	expectCode(t, err, codes.AlreadyExists)
	for range 2 {
		if err := s.deleteVolume(ctx, "a"); err != nil {
			t.Fatal(err)
		}
		if err := s.deleteSnapshot(ctx, "never-was"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLeftoverOfACrashIsMadeAnew(t *testing.T) {
	s := newStore(t)
	mustCreate(t, s, volume{ID: "a", Size: 1 << 20})
	write(t, s, "a", "half done")
	if err := s.volumes.forget("a"); err != nil {
		t.Fatal(err)
	}
	mustCreate(t, s, volume{ID: "a", Size: 1 << 20})
	if entries, err := os.ReadDir(s.volumes.data("a")); err != nil || len(entries) != 0 {
		t.Fatalf("%v %v", entries, err)
	}
}

func TestWhatCannotBeIsRefusedByItsCode(t *testing.T) {
	s, ctx := newStore(t), context.Background()
	mustCreate(t, s, volume{ID: "a", Size: 1 << 20})
	_, err := s.createVolume(ctx, volume{ID: "small", Size: 1 << 10, FromVolume: "a"}, 0)
	expectCode(t, err, codes.OutOfRange)
	_, err = s.createVolume(ctx, volume{ID: "orphan", Size: 1 << 20, FromSnapshot: "none"}, 0)
	expectCode(t, err, codes.NotFound)
	_, err = s.createVolume(ctx, volume{ID: "huge", Size: 1 << 60}, 0)
	expectCode(t, err, codes.ResourceExhausted)
	_, err = s.growVolume(ctx, "a", 1<<60)
	expectCode(t, err, codes.ResourceExhausted)
	_, err = s.createSnapshot(ctx, "s", "../escape")
	expectCode(t, err, codes.NotFound)
}

func TestVolumeGrowsAndNeverShrinks(t *testing.T) {
	s, ctx := newStore(t), context.Background()
	mustCreate(t, s, volume{ID: "a", Size: 2 << 20})
	for _, step := range []struct{ ask, get int64 }{{3 << 20, 3 << 20}, {1 << 20, 3 << 20}} {
		if got, err := s.growVolume(ctx, "a", step.ask); err != nil || got != step.get {
			t.Fatalf("asked for %d, got %d, %v", step.ask, got, err)
		}
	}
}

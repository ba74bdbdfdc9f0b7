package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// volume is what is remembered of a volume beside its data.
type volume struct {
	ID   string `json:"id"`
	Size int64  `json:"size"`
	Tier string `json:"tier"`
	// FromSnapshot or FromVolume is the id of what the volume was copied from, if anything.
	FromSnapshot string `json:"fromSnapshot,omitempty"`
	FromVolume   string `json:"fromVolume,omitempty"`
}

// snapshot is what is remembered of a snapshot beside its data.
type snapshot struct {
	ID      string    `json:"id"`
	Volume  string    `json:"volume"`
	Size    int64     `json:"size"`
	Created time.Time `json:"created"`
}

// validID accepts the names that Kubernetes' provisioner and snapshotter give. An id becomes a file name as it is.
var validID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)

// shelf is a folder of one kind of thing: `<id>` is its data, `<id>.json` its record.
type shelf[T any] struct {
	dir string
}

func (s shelf[T]) data(id string) string   { return filepath.Join(s.dir, id) }
func (s shelf[T]) record(id string) string { return filepath.Join(s.dir, id+".json") }

// get returns nil when there is no such record. An id that could not be one has none.
func (s shelf[T]) get(id string) (*T, error) {
	if !validID.MatchString(id) {
		return nil, nil
	}
	content, err := os.ReadFile(s.record(id))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var found T
	return &found, json.Unmarshal(content, &found)
}

// put writes a record so that it is there whole or not at all.
func (s shelf[T]) put(id string, value T) error {
	content, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.record(id)+".new", content, 0o600); err != nil {
		return err
	}
	return os.Rename(s.record(id)+".new", s.record(id))
}

func (s shelf[T]) forget(id string) error {
	if err := os.Remove(s.record(id)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// all returns every record in the order of ids.
func (s shelf[T]) all() ([]T, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, entry := range entries {
		if id, ok := strings.CutSuffix(entry.Name(), ".json"); ok {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	var found []T
	for _, id := range ids {
		value, err := s.get(id)
		if err != nil {
			return nil, err
		}
		if value != nil {
			found = append(found, *value)
		}
	}
	return found, nil
}

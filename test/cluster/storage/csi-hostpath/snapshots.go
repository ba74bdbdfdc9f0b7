package main

import (
	"context"
	"strconv"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// CreateSnapshot keeps a volume's content as it is at this moment.
func (d *driver) CreateSnapshot(
	ctx context.Context, request *csi.CreateSnapshotRequest,
) (*csi.CreateSnapshotResponse, error) {
	if !validID.MatchString(request.GetName()) {
		return nil, status.Errorf(codes.InvalidArgument, "name %q cannot be a file name", request.GetName())
	}
	if request.GetSourceVolumeId() == "" {
		return nil, status.Error(codes.InvalidArgument, "source volume id is required")
	}
	made, err := d.store.createSnapshot(ctx, request.GetName(), request.GetSourceVolumeId())
	if err != nil {
		return nil, err
	}
	return &csi.CreateSnapshotResponse{Snapshot: made.message()}, nil
}

// DeleteSnapshot removes a snapshot; volumes made from it stay.
func (d *driver) DeleteSnapshot(
	ctx context.Context, request *csi.DeleteSnapshotRequest,
) (*csi.DeleteSnapshotResponse, error) {
	if request.GetSnapshotId() == "" {
		return nil, status.Error(codes.InvalidArgument, "snapshot id is required")
	}
	return &csi.DeleteSnapshotResponse{}, d.store.deleteSnapshot(ctx, request.GetSnapshotId())
}

// ListSnapshots lists snapshots in the order of ids, of one volume or with one id if asked. A token is the number of
// entries to leave out.
func (d *driver) ListSnapshots(
	_ context.Context, request *csi.ListSnapshotsRequest,
) (*csi.ListSnapshotsResponse, error) {
	all, err := d.store.snapshots.all()
	if err != nil {
		return nil, err
	}
	var entries []*csi.ListSnapshotsResponse_Entry
	for _, each := range all {
		if id := request.GetSnapshotId(); id != "" && id != each.ID {
			continue
		}
		if id := request.GetSourceVolumeId(); id != "" && id != each.Volume {
			continue
		}
		entries = append(entries, &csi.ListSnapshotsResponse_Entry{Snapshot: each.message()})
	}
	first := 0
	if token := request.GetStartingToken(); token != "" {
		first, err = strconv.Atoi(token)
		if err != nil || first < 0 || first > len(entries) {
			return nil, status.Errorf(codes.Aborted, "starting token %q is none of ours", token)
		}
	}
	last := len(entries)
	if most := int(request.GetMaxEntries()); most > 0 {
		last = min(last, first+most)
	}
	response := &csi.ListSnapshotsResponse{Entries: entries[first:last]}
	if last < len(entries) {
		response.NextToken = strconv.Itoa(last)
	}
	return response, nil
}

func (s snapshot) message() *csi.Snapshot {
	return &csi.Snapshot{
		SnapshotId:     s.ID,
		SourceVolumeId: s.Volume,
		SizeBytes:      s.Size,
		CreationTime:   timestamppb.New(s.Created),
		ReadyToUse:     true,
	}
}

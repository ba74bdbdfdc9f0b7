package main

import (
	"context"
	"strings"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	// defaultSize is a volume's size when the request names none, bytes.
	defaultSize = 1 << 30
	// tierParameter is the one StorageClass parameter: it tells classes apart and is handed to the node unchanged.
	tierParameter = "tier"
	defaultTier   = "standard"
	// sidecarPrefix marks what Kubernetes' sidecars add to the parameters.
	sidecarPrefix = "csi.storage.k8s.io/"
)

// ControllerGetCapabilities lists what the controller does beyond creating and deleting.
func (d *driver) ControllerGetCapabilities(
	context.Context, *csi.ControllerGetCapabilitiesRequest,
) (*csi.ControllerGetCapabilitiesResponse, error) {
	response := &csi.ControllerGetCapabilitiesResponse{}
	for _, capability := range []csi.ControllerServiceCapability_RPC_Type{
		csi.ControllerServiceCapability_RPC_CREATE_DELETE_VOLUME,
		csi.ControllerServiceCapability_RPC_CREATE_DELETE_SNAPSHOT,
		csi.ControllerServiceCapability_RPC_LIST_SNAPSHOTS,
		csi.ControllerServiceCapability_RPC_CLONE_VOLUME,
		csi.ControllerServiceCapability_RPC_EXPAND_VOLUME,
		csi.ControllerServiceCapability_RPC_GET_CAPACITY,
		csi.ControllerServiceCapability_RPC_SINGLE_NODE_MULTI_WRITER,
	} {
		response.Capabilities = append(response.Capabilities, &csi.ControllerServiceCapability{
			Type: &csi.ControllerServiceCapability_Rpc{Rpc: &csi.ControllerServiceCapability_RPC{Type: capability}},
		})
	}
	return response, nil
}

// CreateVolume makes an empty volume, or one with the content of a snapshot or of another volume.
func (d *driver) CreateVolume(ctx context.Context, request *csi.CreateVolumeRequest) (*csi.CreateVolumeResponse, error) {
	if !validID.MatchString(request.GetName()) {
		return nil, status.Errorf(codes.InvalidArgument, "name %q cannot be a file name", request.GetName())
	}
	if err := supported(request.GetVolumeCapabilities()); err != nil {
		return nil, err
	}
	size, limit, err := sizes(request.GetCapacityRange())
	if err != nil {
		return nil, err
	}
	wanted := volume{ID: request.GetName(), Size: size, Tier: defaultTier}
	for key, value := range request.GetParameters() {
		switch {
		case key == tierParameter:
			wanted.Tier = value
		case !strings.HasPrefix(key, sidecarPrefix):
			return nil, status.Errorf(codes.InvalidArgument, "unknown parameter %q: only %q is known", key, tierParameter)
		}
	}
	wanted.FromSnapshot = request.GetVolumeContentSource().GetSnapshot().GetSnapshotId()
	wanted.FromVolume = request.GetVolumeContentSource().GetVolume().GetVolumeId()
	made, err := d.store.createVolume(ctx, wanted, limit)
	if err != nil {
		return nil, err
	}
	return &csi.CreateVolumeResponse{Volume: &csi.Volume{
		VolumeId:      made.ID,
		CapacityBytes: made.Size,
		VolumeContext: map[string]string{tierParameter: made.Tier},
		ContentSource: request.GetVolumeContentSource(),
	}}, nil
}

// DeleteVolume removes a volume; snapshots of it stay.
func (d *driver) DeleteVolume(ctx context.Context, request *csi.DeleteVolumeRequest) (*csi.DeleteVolumeResponse, error) {
	if request.GetVolumeId() == "" {
		return nil, status.Error(codes.InvalidArgument, "volume id is required")
	}
	return &csi.DeleteVolumeResponse{}, d.store.deleteVolume(ctx, request.GetVolumeId())
}

// ControllerExpandVolume grows a volume where it is: node and controller are the same machine here.
func (d *driver) ControllerExpandVolume(
	ctx context.Context, request *csi.ControllerExpandVolumeRequest,
) (*csi.ControllerExpandVolumeResponse, error) {
	if request.GetVolumeId() == "" || request.GetCapacityRange() == nil {
		return nil, status.Error(codes.InvalidArgument, "volume id and capacity range are required")
	}
	wanted, _, err := sizes(request.GetCapacityRange())
	if err != nil {
		return nil, err
	}
	size, err := d.store.growVolume(ctx, request.GetVolumeId(), wanted)
	if err != nil {
		return nil, err
	}
	return &csi.ControllerExpandVolumeResponse{CapacityBytes: size}, nil
}

// ValidateVolumeCapabilities confirms the capabilities of a volume if all are supported.
func (d *driver) ValidateVolumeCapabilities(
	_ context.Context, request *csi.ValidateVolumeCapabilitiesRequest,
) (*csi.ValidateVolumeCapabilitiesResponse, error) {
	if request.GetVolumeId() == "" || len(request.GetVolumeCapabilities()) == 0 {
		return nil, status.Error(codes.InvalidArgument, "volume id and capabilities are required")
	}
	found, err := d.store.volumes.get(request.GetVolumeId())
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, status.Errorf(codes.NotFound, "no volume %s", request.GetVolumeId())
	}
	if err := supported(request.GetVolumeCapabilities()); err != nil {
		return &csi.ValidateVolumeCapabilitiesResponse{Message: err.Error()}, nil
	}
	return &csi.ValidateVolumeCapabilitiesResponse{
		Confirmed: &csi.ValidateVolumeCapabilitiesResponse_Confirmed{
			VolumeCapabilities: request.GetVolumeCapabilities(),
		},
	}, nil
}

// GetCapacity says how many bytes are not promised to any volume yet.
func (d *driver) GetCapacity(context.Context, *csi.GetCapacityRequest) (*csi.GetCapacityResponse, error) {
	free, err := d.store.available()
	return &csi.GetCapacityResponse{AvailableCapacity: free}, err
}

// supported accepts every access mode, as there is one node, and refuses raw block volumes.
func supported(capabilities []*csi.VolumeCapability) error {
	if len(capabilities) == 0 {
		return status.Error(codes.InvalidArgument, "volume capabilities are required")
	}
	for _, capability := range capabilities {
		if capability == nil {
			return status.Error(codes.InvalidArgument, "volume capability is required")
		}
		if capability.GetBlock() != nil {
			return status.Error(codes.InvalidArgument, "block volumes are not supported, only file systems")
		}
	}
	return nil
}

// sizes returns the size to make and the largest that would do, 0 for no bound.
func sizes(capacity *csi.CapacityRange) (size, limit int64, err error) {
	size, limit = capacity.GetRequiredBytes(), capacity.GetLimitBytes()
	if size < 0 || limit < 0 || (limit > 0 && size > limit) {
		return 0, 0, status.Errorf(codes.OutOfRange, "no size lies between %d and %d bytes", size, limit)
	}
	if size == 0 {
		size = defaultSize
		if limit > 0 {
			size = min(size, limit)
		}
	}
	return size, limit, nil
}

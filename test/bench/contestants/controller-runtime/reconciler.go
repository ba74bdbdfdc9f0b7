package main

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	corev1ac "k8s.io/client-go/applyconfigurations/core/v1"
	metav1ac "k8s.io/client-go/applyconfigurations/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
)

const (
	finalizer    = "test.dokkerr.io/widget"
	fieldManager = "widget-operator"
)

// WidgetReconciler keeps one ConfigMap for each Widget.
type WidgetReconciler struct {
	client.Client
}

// SetupWithManager wakes the reconciler for changed specs and for its ConfigMaps; status writes do not.
func (r *WidgetReconciler) SetupWithManager(mgr ctrl.Manager, concurrency int) error {
	return ctrl.NewControllerManagedBy(mgr).
		For(&Widget{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Owns(&corev1.ConfigMap{}).
		WithOptions(controller.Options{MaxConcurrentReconciles: concurrency}).
		Complete(r)
}

// Reconcile brings one Widget to what its spec says.
func (r *WidgetReconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	widget := &Widget{}
	if err := r.Get(ctx, req.NamespacedName, widget); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	before := widget.DeepCopy()
	patch := client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})
	if !widget.DeletionTimestamp.IsZero() {
		if controllerutil.RemoveFinalizer(widget, finalizer) {
			return ctrl.Result{}, client.IgnoreNotFound(r.Patch(ctx, widget, patch))
		}
		return ctrl.Result{}, nil
	}
	if controllerutil.AddFinalizer(widget, finalizer) {
		if err := r.Patch(ctx, widget, patch); err != nil {
			return ctrl.Result{}, client.IgnoreNotFound(err)
		}
	}
	if err := r.applyConfig(ctx, widget); err != nil {
		return ctrl.Result{}, err
	}
	return ctrl.Result{}, r.reportReady(ctx, widget)
}

// applyConfig writes only where the cache differs: a server-side apply that changes nothing is a request all the same.
func (r *WidgetReconciler) applyConfig(ctx context.Context, widget *Widget) error {
	live := &corev1.ConfigMap{}
	err := r.Get(ctx, client.ObjectKeyFromObject(widget), live)
	if client.IgnoreNotFound(err) != nil {
		return err
	}
	if err == nil && metav1.IsControlledBy(live, widget) && live.Data["text"] == widget.Spec.Text {
		return nil
	}
	owner := metav1ac.OwnerReference().
		WithAPIVersion(groupVersion.String()).WithKind("Widget").
		WithName(widget.Name).WithUID(widget.UID).
		WithController(true).WithBlockOwnerDeletion(true)
	config := corev1ac.ConfigMap(widget.Name, widget.Namespace).
		WithLabels(map[string]string{"app.kubernetes.io/managed-by": fieldManager}).
		WithOwnerReferences(owner).
		WithData(map[string]string{"text": widget.Spec.Text})
	return r.Apply(ctx, config, client.FieldOwner(fieldManager), client.ForceOwnership)
}

func (r *WidgetReconciler) reportReady(ctx context.Context, widget *Widget) error {
	before := widget.DeepCopy()
	widget.Status.ObservedGeneration = widget.Generation
	meta.SetStatusCondition(&widget.Status.Conditions, metav1.Condition{
		Type: "Ready", Status: metav1.ConditionTrue, Reason: "Written", Message: "the text is written",
		ObservedGeneration: widget.Generation,
	})
	if equality.Semantic.DeepEqual(before.Status, widget.Status) {
		return nil
	}
	return client.IgnoreNotFound(r.Status().Patch(ctx, widget, client.MergeFrom(before)))
}

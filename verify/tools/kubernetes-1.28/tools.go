//go:build tools

// Package tools pins the programs of Kubernetes 1.28.15 that make verify builds.
package tools

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
)

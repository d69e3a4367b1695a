//go:build tools

// Package tools pins the program of k8s.io/kube-state-metrics that make verify builds.
package tools

import (
	_ "k8s.io/kube-state-metrics/v2"
)

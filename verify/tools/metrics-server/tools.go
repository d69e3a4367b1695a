//go:build tools

// Package tools pins the programs of sigs.k8s.io/metrics-server that make e2e builds.
package tools

import (
	_ "sigs.k8s.io/metrics-server/cmd/metrics-server"
)

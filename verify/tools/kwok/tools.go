//go:build tools

// Package tools pins the programs of sigs.k8s.io/kwok that make verify builds.
package tools

import (
	_ "sigs.k8s.io/kwok/cmd/kwok"
)

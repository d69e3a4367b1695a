//go:build tools

// Package tools pins the programs of github.com/prometheus-operator/prometheus-operator that make verify builds.
package tools

import (
	_ "github.com/prometheus-operator/prometheus-operator/cmd/operator"
)

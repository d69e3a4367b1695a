//go:build tools

// Package tools pins the programs of github.com/prometheus/prometheus that make verify builds.
package tools

import (
	_ "github.com/prometheus/prometheus/cmd/prometheus"
	_ "github.com/prometheus/prometheus/cmd/promtool"
)

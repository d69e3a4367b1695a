//go:build tools

// Package tools pins the program of github.com/prometheus/blackbox_exporter that make verify builds.
package tools

import (
	_ "github.com/prometheus/blackbox_exporter"
)

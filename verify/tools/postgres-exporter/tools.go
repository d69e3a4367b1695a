//go:build tools

// Package tools pins the program of github.com/prometheus-community/postgres_exporter that make verify builds.
package tools

import (
	_ "github.com/prometheus-community/postgres_exporter/cmd/postgres_exporter"
)

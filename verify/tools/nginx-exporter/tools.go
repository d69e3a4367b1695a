//go:build tools

// Package tools pins the program of github.com/nginx/nginx-prometheus-exporter that make verify builds.
package tools

import (
	_ "github.com/nginx/nginx-prometheus-exporter"
)

//go:build tools

// Package tools pins the program of github.com/oliver006/redis_exporter that make verify builds.
package tools

import (
	_ "github.com/oliver006/redis_exporter"
)

//go:build tools

// Package tools pins the program of github.com/prometheus/alertmanager that make verify builds.
package tools

import (
	_ "github.com/prometheus/alertmanager/cmd/amtool"
)

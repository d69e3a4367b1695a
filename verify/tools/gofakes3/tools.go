//go:build tools

// Package tools pins the object storage on loopback that make verify backs up to.
package tools

import (
	_ "github.com/johannesboyne/gofakes3/cmd/gofakes3"
)

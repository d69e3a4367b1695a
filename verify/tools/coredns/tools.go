//go:build tools

// Package tools pins the programs of github.com/coredns/coredns that make e2e builds.
package tools

import (
	_ "github.com/coredns/coredns"
)

//go:build tools

// Package tools pins the programs of go.etcd.io/etcd/server/v3 that make verify builds.
package tools

import (
	_ "go.etcd.io/etcd/server/v3"
)

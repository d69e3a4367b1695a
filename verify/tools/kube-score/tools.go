//go:build tools

// Package tools pins the programs of github.com/zegl/kube-score that make verify builds.
package tools

import (
	_ "github.com/zegl/kube-score/cmd/kube-score"
)

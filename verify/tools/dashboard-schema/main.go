// Command dashboard-schema reads dashboards as strictly as Grafana's own schema allows: a field that it does not know, a
// value of another type, or one outside its bounds is an error. Arguments are files; it ends with 1 when one is wrong.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

func check(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var found dashboard.Dashboard
	if err := found.UnmarshalJSONStrict(text); err != nil {
		return err
	}
	return errors.Join(checkFields(text), found.Validate())
}

// A panel's field options are read leniently with it, so here they are read again.
func checkFields(text []byte) error {
	var raw struct {
		Panels []struct {
			Title       string
			FieldConfig json.RawMessage
		}
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		return err
	}
	var problems error
	for _, panel := range raw.Panels {
		if panel.FieldConfig == nil {
			continue
		}
		var found dashboard.FieldConfigSource
		if err := found.UnmarshalJSONStrict(panel.FieldConfig); err != nil {
			problems = errors.Join(problems, fmt.Errorf("%s: fieldConfig: %w", panel.Title, err))
		}
	}
	return problems
}

func main() {
	plugins.RegisterDefaultPlugins()
	status := 0
	for _, path := range os.Args[1:] {
		if err := check(path); err != nil {
			fmt.Printf("%s: %v\n", path, err)
			status = 1
		}
	}
	os.Exit(status)
}

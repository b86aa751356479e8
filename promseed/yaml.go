package promseed

import (
	"errors"
	"regexp"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/prom-go/prom/promtest"
)

// YAML returns the format of fixtures in YAML, of files that end with .yaml or .yml:
//
//	author:
//	  ada: {name: Ada, born: 1815-12-10}
//	book:
//	  notes: {title: Notes, author_id: $ada}
func YAML() promtest.Format {
	return promtest.Format{Extensions: []string{".yaml", ".yml"}, JSON: toJSON}
}

var place = regexp.MustCompile(`^\[\d+:\d+\]`)

// toJSON returns YAML as JSON. Its error has the place of a mistake and not the lines around, which hold values.
func toJSON(text []byte) ([]byte, error) {
	var v any
	err := yaml.UnmarshalWithOptions(text, &v, yaml.UseOrderedMap())
	if err == nil {
		text, err = yaml.MarshalWithOptions(merged(v), yaml.JSON())
	}
	if err != nil {
		return nil, errors.New("it is no YAML" + where(err))
	}
	return text, nil
}

// merged returns a value in which each key of a mapping occurs once: what is merged into one (<<) stands before what
// replaces it.
func merged(v any) any {
	switch v := v.(type) {
	case yaml.MapSlice:
		var m yaml.MapSlice
		for _, item := range v {
			item.Value = merged(item.Value)
			if i := slices.IndexFunc(m, func(o yaml.MapItem) bool { return o.Key == item.Key }); i >= 0 {
				m[i] = item
			} else {
				m = append(m, item)
			}
		}
		return m
	case []any:
		for i := range v {
			v[i] = merged(v[i])
		}
	}
	return v
}

func where(err error) string {
	if at := place.FindString(err.Error()); at != "" {
		return ", at line and column " + at
	}
	return ""
}

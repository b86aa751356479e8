package main

import (
	"context"
	"net/http"

	"github.com/prom-go/prom"
)

// setLabels gives an issue the labels of a list of names, and no others. It creates labels that do not exist.
func (s *server) setLabels(r *http.Request) (any, error) {
	id, err := key(r)
	if err != nil {
		return nil, err
	}
	var names []string
	if err := read(r, &names); err != nil {
		return nil, err
	}
	wanted := make([]Label, len(names))
	for i, name := range names {
		wanted[i].Name = name
	}
	err = s.issues.Tx(r.Context(), func(ctx context.Context) error {
		labelled, err := s.issues.Get(ctx, id)
		if err != nil {
			return err
		}
		if _, err := prom.GetOrCreateMany(ctx, s.labels, wanted, labelName); err != nil {
			return err
		}
		keys := make([]any, len(wanted))
		for i, l := range wanted {
			keys[i] = l.ID
		}
		_, _, err = prom.LinksOf(s.issues, issueLabels, labelled).SetKeys(ctx, keys...)
		return err
	})
	return wanted, err
}

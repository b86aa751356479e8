package prom

import (
	"encoding/json"
	"testing"

	"github.com/matryer/is"
)

// Ensure that a reference whose row was looked for and is not there counts as loaded, as long as it has that key.
// parity: M28
func TestRefNoRow(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	type place struct {
		Code string `prom:"key"`
	}
	r := RefBy[place, string]{key: "ZH", to: &target[place, string]{key: "ZH"}}
	is.True(r.Loaded())
	_, ok := r.Get()
	is.True(!ok)
	b, err := json.Marshal(r)
	is.NoErr(err)
	is.Equal(string(b), `"ZH"`)
	r.to = &target[place, string]{key: "GE", row: &place{"GE"}}
	is.True(!r.Loaded()) // of another key
}

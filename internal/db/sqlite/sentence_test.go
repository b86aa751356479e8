package sqlite

import (
	"strings"
	"testing"
)

// Ensure that each form is a regular expression that begins at the start of a sentence, and that one without an end
// captures nothing, so that what follows is not told.
func TestForms_SQLite(t *testing.T) {
	t.Parallel()
	for _, f := range forms {
		if p := f.Pattern.String(); !strings.HasPrefix(p, "^") || !strings.HasSuffix(p, "$") && f.Pattern.NumSubexp() > 0 {
			t.Errorf("%s", p)
		}
	}
}

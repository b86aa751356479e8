package sqltext_test

import (
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/sqltext"
)

// Ensure that a column gets another name in an expression, and that types, functions and texts of the same name do not.
func TestRename(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ from, sql, want string }{
		{"text", `((text <> ''::text) AND (length(text) < 9))`, `((new <> ''::text) AND (length(new) < 9))`},
		{"text", `lower((text)::text)`, `lower((new)::text)`},
		{"text", `(a = ANY (ARRAY['text'::text, text]))`, `(a = ANY (ARRAY['text'::text, new]))`},
		{"text", `("text" = 'it''s text'::"text")`, `("new" = 'it''s text'::"text")`},
		{"varying", `((code)::character varying(9) > varying)`, `((code)::character varying(9) > new)`},
		{"zone", `((at AT TIME ZONE 'UTC'::text) > (zone)::timestamp without time zone)`,
			`((at AT TIME ZONE 'UTC'::text) > (new)::timestamp without time zone)`},
		{"at", `(at AT TIME ZONE at)`, `(new AT TIME ZONE new)`},
		{"year", `(EXTRACT(year FROM born) > year)`, `(EXTRACT(year FROM born) > new)`},
		{"lower", `(lower(lower) > 'a'::text)`, `(lower(new) > 'a'::text)`},
		{"mood", `(mood = 'ok'::public.mood)`, `(new = 'ok'::public.mood)`},
		{"mood", `(mood = ANY ('{ok}'::mood[]))`, `(new = ANY ('{ok}'::mood[]))`},
		{"a", `(a @> '{"a": 1}'::jsonb) AND (a ? 'a'::text)`, `(new @> '{"a": 1}'::jsonb) AND (new ? 'a'::text)`},
		{"a", `unclosed ( 'a`, `unclosed ( 'a`},
	} {
		is.New(t).Equal(sqltext.Rename(test.sql, test.from, "new"), test.want)
	}
}

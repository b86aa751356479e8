package schema

import "testing"

func TestSameExpr(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"lower((email)::text)", "lower(email)", true},
		{"split_part((num)::text, '+'::text, 1)", "split_part(num, '+'::text, 1)", true},
		{"((email)::text <> ''::text)", "(email <> ''::text)", true},
		{`lower(("E mail")::text)`, `lower("E mail")`, true},
		{"((a)::text || 'it''s (a)::text')", "(a || 'it''s (a)::text')", true},
		{"((a)::text || 'b')", "(a || 'c')", false},
		{"(a || '(b)::text')", "(a || 'b')", false},
		{`lower("time")`, "lower(time)", true},
		{`lower("Time")`, "lower(Time)", false},
		{"(lower(email))", "lower(email)", true},
		{"(a) + (b)", "a) + (b", false},
		{`(a = '"b"')`, "(a = 'b')", false},
		{"lower((email)::text)", "upper(email)", false},
		{"((a + b) * c)", "(a + (b * c))", false},
		{"((n)::bigint)", "(n)", false},
		{"((a)::text = ANY ((ARRAY['x'::character varying])::text[]))", "((a)::text = ANY ((ARRAY['y'::character varying])::text[]))", false},
	} {
		if got := sameExpr(tt.a, tt.b); got != tt.same {
			t.Errorf("%s and %s: %v", tt.a, tt.b, got)
		}
	}
}

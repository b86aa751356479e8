package modelgen

import (
	"strings"

	"github.com/prom-go/prom/schema"
)

// defaultOf reads a default that a tag can say.
func defaultOf(c schema.FoundColumn) (string, bool) {
	s := c.Default
	if c.Kind == schema.Null && c.Native.Labels != nil && !strings.HasSuffix(c.Native.Type, "[]") {
		c.Kind = schema.Text
	}
	if s == "" || c.Domain != "" || c.Kind == schema.Null || c.Auto || c.Generated || c.Kind.IsList() || c.Kind == schema.JSON || c.Kind == schema.Bytes || c.Kind == schema.Any {
		return "", false
	}
	switch strings.ToUpper(s) {
	case "CURRENT_TIMESTAMP", "NOW()", "CURRENT_DATE":
		return "now", c.Kind == schema.Time || c.Kind == schema.Date
	}
	s, ok := schema.Constant(s)
	if !ok || c.Kind == schema.Text && !strings.Contains(c.Default, "'") {
		return "", false
	}
	if c.Kind == schema.Decimal {
		if _, fraction, _ := strings.Cut(s, "."); len(fraction) > c.Scale {
			return "", false
		}
	}
	if c.Kind == schema.Text && c.Size > 0 && len(s) > c.Size {
		return "", false
	}
	if _, err := schema.ParseLiteral(c.Kind, s); err != nil {
		return "", false
	}
	return s, true
}

package query

import "github.com/prom-go/prom/internal/scan"

func setTo[T any](c *scan.Codec, e *expr) Assign[T] {
	return Assign[T]{a: assignTerm(c, e)}
}

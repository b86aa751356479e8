package postgres

import (
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/matryer/is"
)

// Ensure that a COMMIT which the server's end has interrupted is of an unknown outcome, whoever says so, and one that
// is refused is not.
func TestRefusesCommit(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for code, refused := range map[string]bool{"FATAL 08P01": false, "FATAL 57P01": false, "ERROR 57P01": false,
		"PANIC XX000": false, "ERROR 08006": false,
		"FATAL 25P03": true, "ERROR 40001": true, "ERROR 23503": true, "ERROR 57014": true} {
		is.Equal(refusesCommit(&pgconn.PgError{Severity: code[:5], Code: code[6:]}), refused)
	}
}

package conn

// lastingRows are rows that may be closed any number of times, at any time: a second Close does not reach a later result of the
// same connection.
type lastingRows struct {
	Rows
	err  error
	done bool
}

// lasting returns rows for a caller of whom nothing is known. Those that belong to their connection are the next user's once they
// are closed.
func lasting(rows Rows) Rows {
	switch r := rows.(type) {
	case *liteRows:
		return &lastingRows{Rows: r}
	case *pgRows:
		if r.session != nil {
			return &lastingRows{Rows: r}
		}
	}
	return rows
}

func (r *lastingRows) Next() bool { return !r.done && r.Rows.Next() }

func (r *lastingRows) Close() error {
	if !r.done {
		r.done = true
		r.err = r.Rows.Close()
	}
	return r.err
}

// Inner returns the rows themselves, for who reads them in the engine's own form.
func (r *lastingRows) Inner() any { return r.Rows }

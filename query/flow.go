package query

// HasOffset reports whether s leaves rows out.
func (s Spec) HasOffset() bool { return s.limits&hasOffset != 0 }

package query

// HasOffset reports whether s leaves rows out.
func (s Spec) HasOffset() bool { return s.limits&hasOffset != 0 }

// HasConditions reports whether s has conditions.
func (s Spec) HasConditions() bool { return len(s.where) > 0 }

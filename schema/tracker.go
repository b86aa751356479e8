package schema

// Tracker holds what a value looked like when it was loaded or saved last. prom.Model has one; [Of] finds it by its
// type. It is owned by internal/scan; what Loaded holds is never changed in place, so that copies of a model may share
// it. The zero value belongs to a value that no database has seen.
type Tracker struct {
	Loaded any
	Row    int // which row it is, when Loaded holds several
}

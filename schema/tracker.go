package schema

// Tracker holds the state of a value when it was last loaded or saved, for change tracking. prom.Model has one; [Of]
// finds it by its type. It belongs to internal/scan. What Loaded holds is never changed in place, so copies of a model
// may share it. The zero value is that of a value that is not stored.
type Tracker struct {
	Loaded any // the state, in a form of internal/scan; nil for a value that is not stored
	Row    int // which row it is, when Loaded holds several
}

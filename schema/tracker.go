package schema

import "reflect"

// Tracker holds the state of a value when it was last loaded or saved, for change tracking. prom.Model has one; [Of]
// finds it by its type. It belongs to internal/scan. What Loaded holds is never changed in place, so copies of a model
// may share it. The zero value is that of a value that is not stored.
type Tracker struct {
	Loaded any // the state, in a form of internal/scan; nil for a value that is not stored
	Row    int // which row it is, when Loaded holds several
}

func hasTracker(t reflect.Type) bool {
	for f := range t.Fields() {
		if f.Type == trackerType {
			return true
		}
	}
	return false
}

// TrackerOffset returns the bytes from the start of a model to its [Tracker], or false when it has none.
func TrackerOffset(model reflect.Type) (uintptr, bool) {
	for f := range model.Fields() {
		if f.Type == trackerType {
			return f.Offset, true
		}
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			if at, ok := TrackerOffset(f.Type); ok {
				return f.Offset + at, true
			}
		}
	}
	return 0, false
}

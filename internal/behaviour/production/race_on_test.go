//go:build race

package production_test

const raceDetector = true

package driver

import (
	"errors"
	"strings"
	"time"
)

// ParseClock reads hh:mm:ss with a fraction or without. The end of the day, 24:00:00, is a time of PostgreSQL.
func ParseClock(s string) (time.Duration, error) {
	if strings.TrimRight(s, ".0") == "24:00:" {
		return 24 * time.Hour, nil
	}
	t, err := time.Parse("15:04:05.999999999", s)
	if err != nil {
		return 0, errors.New("the text is not a time of day")
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute +
		time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond()), nil
}

package sqlite

import (
	"time"

	"github.com/prom-go/prom/schema"
)

// AppendTime appends t in UTC in the form of [TimeLayout], as Format does and without its cost. The year is one of 0 to
// 9999.
func AppendTime(b []byte, t time.Time) []byte {
	t = t.UTC()
	if t.Year() > 9999 || t.Year() < 0 {
		if text, ok := schema.InfiniteMicros(t.UnixMicro()); ok {
			return append(b, text...)
		}
	}
	h, m, s := t.Clock()
	b = append(appendDay(b, t), 'T', digit(h/10), digit(h), ':', digit(m/10), digit(m), ':', digit(s/10), digit(s), '.')
	return append(appendMicros(b, t.Nanosecond()/1000), 'Z')
}

// AppendDate appends the day of t in the form of [DateLayout].
func AppendDate(b []byte, t time.Time) []byte {
	if t.Year() > 9999 || t.Year() < 0 {
		if text, ok := schema.InfiniteMicros(t.UnixMicro()); ok {
			return append(b, text...)
		}
	}
	return appendDay(b, t)
}

// AppendClock appends a time of day in the form of [ClockLayout]. What goes beyond a day begins the next one.
func AppendClock(b []byte, d time.Duration) []byte {
	if d %= 24 * time.Hour; d < 0 {
		d += 24 * time.Hour
	}
	s := int(d / time.Second)
	h, m, s := s/3600, s/60%60, s%60
	b = append(b, digit(h/10), digit(h), ':', digit(m/10), digit(m), ':', digit(s/10), digit(s), '.')
	return appendMicros(b, int(d%time.Second/time.Microsecond))
}

func appendDay(b []byte, t time.Time) []byte {
	y, m, d := t.Date()
	return append(b, digit(y/1000), digit(y/100), digit(y/10), digit(y), '-', digit(int(m)/10), digit(int(m)), '-',
		digit(d/10), digit(d))
}

func appendMicros(b []byte, us int) []byte {
	return append(b, digit(us/100000), digit(us/10000), digit(us/1000), digit(us/100), digit(us/10), digit(us))
}

func digit(n int) byte { return byte('0' + n%10) }

// ParseTime reads what AppendTime and AppendDate write, and nothing else: a time in the form of [TimeLayout] or a day
// in that of [DateLayout]. The result is in UTC. It does not allocate.
func ParseTime(b []byte) (time.Time, bool) {
	if len(b) != len(TimeLayout) && len(b) != len(DateLayout) || b[4] != '-' || b[7] != '-' {
		return time.Time{}, false
	}
	hi, ok1 := pair(b, 0)
	lo, ok2 := pair(b, 2)
	month, ok3 := pair(b, 5)
	day, ok4 := pair(b, 8)
	year := hi*100 + lo
	if !ok1 || !ok2 || !ok3 || !ok4 || month < 1 || month > 12 || day < 1 || day > 28 && day > days(year, month) {
		return time.Time{}, false
	}
	if len(b) == len(DateLayout) {
		return time.Unix(daysSince1970(year, month, day)*86400, 0).UTC(), true
	}
	if b[10] != 'T' || b[13] != ':' || b[16] != ':' || b[19] != '.' || b[26] != 'Z' {
		return time.Time{}, false
	}
	h, ok1 := pair(b, 11)
	m, ok2 := pair(b, 14)
	s, ok3 := pair(b, 17)
	u1, ok4 := pair(b, 20)
	u2, ok5 := pair(b, 22)
	u3, ok6 := pair(b, 24)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || !ok6 || h > 23 || m > 59 || s > 59 {
		return time.Time{}, false
	}
	seconds := daysSince1970(year, month, day)*86400 + int64(h*3600+m*60+s)
	return time.Unix(seconds, int64(u1*10000+u2*100+u3)*1000).UTC(), true
}

// pair reads two digits.
func pair(b []byte, i int) (int, bool) {
	x, y := b[i]-'0', b[i+1]-'0'
	return int(x)*10 + int(y), x <= 9 && y <= 9
}

func days(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// daysSince1970 counts the days from 1970-01-01 on in the Gregorian calendar. The year begins in March here, so that
// the leap day is its last.
func daysSince1970(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	// The days before a month: 30.6 for each from March on, rounded down.
	return int64(365*year+floorDiv(year, 4)-floorDiv(year, 100)+floorDiv(year, 400)+(153*(month-3)+2)/5+day-1) - 719468
}

// floorDiv divides and rounds down; the year before 0 is -1 here.
func floorDiv(a, b int) int {
	if a < 0 {
		return (a - b + 1) / b
	}
	return a / b
}

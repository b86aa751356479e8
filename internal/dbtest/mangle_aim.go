package dbtest

import (
	"encoding/binary"
	"fmt"
)

// Change is one way to change a message of a server.
type Change uint8

// The changes. Those of columns leave a message that has none as it is.
const (
	ChangeNothing  Change = iota
	ChangeLost            // it does not come, nor do those of its type right behind it
	ChangeTwice           // it comes twice
	ChangeCut             // it ends in its middle, and its length says so
	ChangeEmpty           // it has no body
	ChangeTorn            // it ends in its middle, and the connection with it
	ChangeLonger          // there is more behind it
	ChangeLength          // its length is that of another message
	ChangeType            // it is of another type
	ChangeFewer           // it has no columns
	ChangeMore            // it says that it has more columns than it has
	ChangeNull            // its columns are NULL, and so are those of the messages of its type right behind it
	ChangeNullOne         // one of its columns is NULL
	ChangeOID             // its columns are of another type
	ChangeWidth           // its first column says that it is longer than the message
	ChangeNegative        // its first column is of a negative length that is not that of NULL
	ChangeNoise           // some of its bytes are others
	changes
)

var changeNames = [changes]string{"nothing", "lost", "twice", "cut", "empty", "torn", "longer", "length", "type",
	"fewer", "more", "null", "null one", "oid",
	"width", "negative", "noise"}

// String returns the change's name.
func (c Change) String() string {
	if c < changes {
		return changeNames[c]
	}
	return fmt.Sprintf("change %d", uint8(c))
}

// Changes are all changes.
func Changes() []Change {
	list := make([]Change, changes-1)
	for i := range list {
		list[i] = Change(i + 1)
	}
	return list
}

// aim is the message that is to be changed.
type aim struct {
	change Change
	left   int  // messages before it
	seen   int  // messages since Aim
	typ    byte // of the message that was hit; 0 before
	done   bool
}

// Aim lets the mangler change one message, the first after so many others, which are counted over all connections
// from here on, behind their logins. Aimed tells what became of it.
func (m *Mangler) Aim(after int, c Change) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.aim = aim{change: c, left: after}
}

// Aimed returns the type of the message that was changed since Aim, 0 for none, and the number of messages that came
// since then, and ends it.
func (m *Mangler) Aimed() (typ byte, messages int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.aim
	m.aim = aim{}
	return a.typ, a.seen
}

// hit changes a message if it is the one that is aimed at. With ends, the connection ends behind it.
func (m *Mangler) hit(typ byte, body []byte) (message []byte, hit, ends bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := &m.aim
	a.seen++
	switch {
	case a.change == ChangeNothing || a.done:
		return nil, false, false
	case a.typ == 0 && a.left > 0:
		a.left--
		return nil, false, false
	case a.typ == 0:
		a.typ = typ
	case a.typ == typ && (a.change == ChangeLost || a.change == ChangeNull):
	default:
		a.done = true
		return nil, false, false
	}
	message, ends = m.changed(a.change, typ, body)
	return message, true, ends
}

// changed returns a message with a change.
func (m *Mangler) changed(c Change, typ byte, body []byte) (message []byte, ends bool) {
	be := binary.BigEndian
	length := -1
	columns := 0
	if len(body) >= 2 && (typ == 'D' || typ == 'T' || typ == 't') {
		columns = int(be.Uint16(body))
	}
	switch c {
	case ChangeLost:
		return nil, false
	case ChangeTwice:
		whole := framed(typ, len(body)+4, body)
		return append(whole, whole...), false
	case ChangeCut:
		body = body[:len(body)/2]
	case ChangeEmpty:
		body = nil
	case ChangeTorn:
		return framed(typ, len(body)+4, body[:len(body)/2]), true
	case ChangeLonger:
		body = append(body, make([]byte, 1+m.random.IntN(20))...)
	case ChangeLength:
		length = int(m.random.Uint32() >> m.random.IntN(32))
	case ChangeType:
		typ = "DTtn12CEIZNSKRAvsGHWdc3V"[m.random.IntN(24)]
	case ChangeFewer:
		if columns > 0 {
			body = []byte{0, 0}
		}
	case ChangeMore:
		if columns > 0 {
			be.PutUint16(body, uint16(columns+1+m.random.IntN(3)))
		}
	case ChangeNull:
		if typ == 'D' {
			body = be.AppendUint16(nil, uint16(columns))
			for range columns {
				body = be.AppendUint32(body, 1<<32-1)
			}
		}
	case ChangeNullOne:
		if typ == 'D' && columns > 0 {
			body = nullColumn(body, m.random.IntN(columns))
		}
	case ChangeOID:
		body = m.otherTypes(typ, body)
	case ChangeWidth:
		if typ == 'D' && columns > 0 {
			be.PutUint32(body[2:], []uint32{uint32(len(body)), 1 << 20, 1<<31 - 1}[m.random.IntN(3)])
		}
	case ChangeNegative:
		if typ == 'D' && columns > 0 {
			be.PutUint32(body[2:], []uint32{1 << 31, 1<<32 - 2}[m.random.IntN(2)])
		}
	case ChangeNoise:
		for range 1 + m.random.IntN(4) {
			if len(body) > 0 {
				body[m.random.IntN(len(body))] = byte(m.random.IntN(256))
			}
		}
	}
	if length < 0 {
		length = len(body) + 4
	}
	return framed(typ, length, body), false
}

// nullColumn makes one column of a DataRow NULL.
func nullColumn(body []byte, column int) []byte {
	at := 2
	for ; ; column-- {
		size := int(int32(binary.BigEndian.Uint32(body[at:])))
		if column == 0 {
			row := binary.BigEndian.AppendUint32(append([]byte{}, body[:at]...), 1<<32-1)
			return append(row, body[at+4+max(0, size):]...)
		}
		at += 4 + max(0, size)
	}
}

// otherTypes changes the types in a RowDescription or a ParameterDescription.
func (m *Mangler) otherTypes(typ byte, body []byte) []byte {
	be := binary.BigEndian
	oid := []uint32{0, 16, 17, 20, 23, 25, 600, 701, 1184, 1700, 2950, 3802, 1007, 1009, 1<<32 - 1}[m.random.IntN(15)]
	switch typ {
	case 't':
		for at := 2; at+4 <= len(body); at += 4 {
			be.PutUint32(body[at:], oid)
		}
	case 'T':
		for at := 2; at < len(body); {
			for at < len(body) && body[at] != 0 { // the name
				at++
			}
			if at += 1 + 6; at+12 > len(body) { // table and number
				break
			}
			be.PutUint32(body[at:], oid)
			at += 4 + 2 + 4 + 2
		}
	}
	return body
}

// framed returns a message with a type and a length.
func framed(typ byte, length int, body []byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{typ}, uint32(length)), body...)
}

// The package alone, unused.
import '../../dist/index.js'

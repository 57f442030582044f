import { day } from './day.js'
import { time } from './time.js'
import { timedelta } from './timedelta.js'
import { timezone } from './timezone.js'

export const dates = Object.freeze([day, time, timedelta, timezone])

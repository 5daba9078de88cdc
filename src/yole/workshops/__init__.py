"""Workshops: programmes, cohorts and sessions; enrolment on limited places, attendance by half-day, reminders, evaluation."""

"""The ports over Redis 6.2 and newer, or Valkey."""

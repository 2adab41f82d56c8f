"""What is found, cited and harvested: the addresses at which other systems read titles."""

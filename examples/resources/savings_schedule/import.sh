# The ID is the schedule group.
terraform import savings_schedule.nightly sample-ai-saving

# In a shared group it is the group, the resource's name and the events' keys.
terraform import savings_schedule.nightly default/sample-ai-saving:rds_stop,rds_start
